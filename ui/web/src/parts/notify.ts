// Short messages at the edge of the page. What draws them is fetched with the first one.
import { i18next } from '../text/i18n';
import { problemText } from './problemText';

const notifications = async () => (await import('@mantine/notifications')).notifications;

export function tell(message: string): void {
  void notifications().then((n) => n.show({ message, color: 'teal', autoClose: 5000, withBorder: true }));
}

export function tellProblem(e: unknown): void {
  const title = i18next.t('problem.title');
  void notifications().then((n) => n.show({ title, message: problemText(e), color: 'red', autoClose: 12000, withBorder: true }));
}

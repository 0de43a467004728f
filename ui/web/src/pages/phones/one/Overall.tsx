import { useNavigate } from 'react-router';
import type { Device } from '../../../api/types';
import { Overview } from '../Overview';

export default function Overall({ device }: { device: Device }) {
  const navigate = useNavigate();
  return <Overview device={device} onGone={() => void navigate('/phones')} />;
}

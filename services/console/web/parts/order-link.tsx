import { useRouter } from '@tanstack/react-router';
import type { MouseEvent, ReactNode } from 'react';

interface OrderLinkProps {
  orderId: string;
  /** One of its operations, to be shown first. */
  operation?: string;
  className?: string;
  children: ReactNode;
}

/**
 * A link to an order, for lists: the router's own looks at every change of the address, and a list has many.
 */
export function OrderLink({ orderId, operation, className, children }: OrderLinkProps) {
  const { navigate } = useRouter();
  const query = operation === undefined ? '' : `?view=operations&operation=${operation}`;
  const go = (event: MouseEvent): void => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const search = operation === undefined ? {} : { view: 'operations', operation };
    void navigate({ to: '/orders/$orderId', params: { orderId }, search });
  };
  return (
    <a href={`/orders/${orderId}${query}`} className={className} title={operation ?? orderId} onClick={go}>
      {children}
    </a>
  );
}

/**
 * What can be done to a node of one's own: trade, and break it.
 * In: the store. Out: a panel with both.
 */
import type { Store } from '../store.ts';
import { FaultList } from './faultPanel.tsx';
import { OrderForm } from './orderPanel.tsx';
import { Panel } from './panel.tsx';
import { Tabs } from './tabs.tsx';

export const TradePanel = ({ store }: { readonly store: Store }) => (
  <Panel id="trade" title="Your node" health={store.health}>
    <Tabs
      name="Node"
      tabs={[
        { id: 'order', label: 'Order', content: <OrderForm store={store} /> },
        { id: 'faults', label: 'Faults', content: <FaultList store={store} /> },
      ]}
    />
  </Panel>
);

import type { TestBroker } from './test-broker.fixture.ts';
import { freePort, testBroker } from './test-broker.fixture.ts';

/** Three nats-servers of a test's own that keep everything three times. */
export interface TestCluster {
  readonly nodes: readonly TestBroker[];
  readonly urls: readonly string[];
  /** The node of this server name, `n0` to `n2`. */
  node(name: string): TestBroker;
  close(): Promise<void>;
}

export async function testCluster(bin: string): Promise<TestCluster> {
  const routePorts = await Promise.all([freePort(), freePort(), freePort()]);
  const routes = routePorts.map((port) => `nats://127.0.0.1:${port}`).join(', ');
  const nodes = await Promise.all(
    routePorts.map((routePort, i) =>
      testBroker(
        bin,
        ({ port, storeDir }) => `server_name: n${i}
listen: "127.0.0.1:${port}"
jetstream { store_dir: ${JSON.stringify(storeDir)} }
cluster { name: suite, listen: "127.0.0.1:${routePort}", no_advertise: true, routes: [${routes}] }
`,
      ),
    ),
  );
  return {
    nodes,
    urls: nodes.map(({ url }) => url),
    node: (name) => nodes[Number(name.slice(1))] as TestBroker,
    close: async () => {
      await Promise.all(nodes.map((node) => node.close()));
    },
  };
}

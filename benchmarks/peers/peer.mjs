// A peer of the suite rpc-pool: one client of a JavaScript library, told what to do by lines of JSON on its input, one line of JSON for each on its
// output. Arguments: the kind of client, and the URLs of the nodes in order.
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import { FallbackProvider, JsonRpcProvider } from "ethers";
import { createPublicClient, fallback, http } from "viem";

const CHAIN = 31337;
const [kind, ...urls] = process.argv.slice(2);

/** Defaults of the library, without caches and without its wait for a batch, so that it is as quick as it can be. */
function ethers(quorum) {
  const options = { staticNetwork: true, batchMaxCount: 1, cacheTimeout: -1 };
  const nodes = urls.map((url, i) => ({ provider: new JsonRpcProvider(url, CHAIN, options), priority: i + 1 }));
  const provider = new FallbackProvider(nodes, CHAIN, { quorum, cacheTimeout: -1 });
  return {
    balance: (address) => provider.getBalance(address),
    head: () => provider.getBlockNumber(),
    send: (signed) => provider.broadcastTransaction(signed),
    batch: async (address) => {
      const batching = new JsonRpcProvider(urls[0], CHAIN, { staticNetwork: true, cacheTimeout: -1 });
      return Promise.all([batching.getBlockNumber(), batching.getBalance(address)]);
    },
  };
}

function viem(rank) {
  const client = createPublicClient({ transport: fallback(urls.map((url) => http(url)), { rank }) });
  return {
    balance: (address) => client.getBalance({ address }),
    head: () => client.getBlockNumber({ cacheTime: 0 }),
    send: (serializedTransaction) => client.sendRawTransaction({ serializedTransaction }),
    batch: async (address) => {
      const batching = createPublicClient({ transport: http(urls[0], { batch: true }) });
      return Promise.all([batching.getBlockNumber({ cacheTime: 0 }), batching.getBalance({ address })]);
    },
  };
}

const kinds = {
  "viem": () => viem(false),
  "viem-rank": () => viem({ interval: 1000 }),
  "ethers-q1": () => ethers(1),
  "ethers-q2": () => ethers(2),
};

let counter = 0;
const address = () => "0x" + (++counter).toString(16).padStart(40, "0");

async function load({ method, calls, millis, concurrency }, client) {
  const samples = [];
  const errors = {};
  const began = performance.now();
  let left = calls;
  const caller = async () => {
    while (left-- > 0 && performance.now() - began < millis) {
      const start = performance.now();
      let value = -1;
      try {
        value = method === "head" ? Number(await client.head()) : (await client.balance(address()), 0);
      } catch (error) {
        const text = String(error.shortMessage ?? error.message).slice(0, 80);
        errors[text] = (errors[text] ?? 0) + 1;
      }
      samples.push([round(start - began), round(performance.now() - start), value]);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  return { samples, errors };
}

const round = (millis) => Math.round(millis * 1000) / 1000;

/** Each transaction by a client of its own, which knows nothing yet of its nodes. */
async function send({ lanes }) {
  const outcomes = await Promise.all(
    lanes.map(async (lane) => {
      const said = [];
      for (const signed of lane) {
        try {
          await kinds[kind]().send(signed);
          said.push("ok");
        } catch (error) {
          said.push(String(error.shortMessage ?? error.message).slice(0, 80));
        }
      }
      return said;
    }),
  );
  return { outcomes: outcomes.flat() };
}

async function batch({ address }, client) {
  try {
    const [head, balance] = await client.batch(address);
    return { head: head.toString(), balance: balance.toString() };
  } catch (error) {
    return { error: String(error.shortMessage ?? error.message).slice(0, 80) };
  }
}

const version = (name) => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version;

const client = kinds[kind]();
const actions = {
  load,
  send,
  batch,
  versions: () => ({ versions: `viem ${version("viem")}, ethers ${version("ethers")}, Node ${process.versions.node}` }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  process.stdout.write(JSON.stringify(await actions[command.do](command, client)) + "\n");
}
process.exit(0);

/**
 * The node without its sockets: entry, matching, chain, publications, market data, streams, sessions and REST. Pure, so it
 * runs in a browser tab too. The door `@dexwire/node/core`.
 */
export { BLOCK_MS, heightAt } from './blockClock.ts';
export type {
  Block,
  BlockFee,
  BlockTrade,
  BlockTransfer,
  DeliveredTransaction,
  OrderUpdate,
} from './chain/block.ts';
export { Chain } from './chain/chain.ts';
export { type DefaultGenesisOptions, defaultGenesis } from './chain/defaultGenesis.ts';
export { type DevKey, devKey, devKeys } from './chain/devKeys.ts';
export {
  DEFAULT_FEES,
  type Genesis,
  type GenesisAccount,
  type GenesisFees,
  type GenesisPair,
  type GenesisToken,
  parseGenesis,
  stateOfGenesis,
  timeOfGenesis,
} from './chain/genesis.ts';
export { type OpenOrder, OpenOrders } from './chain/openOrders.ts';
export { type Accepted, type Refused, type Result, refusedLog } from './chain/result.ts';
export { restoreState, type Snapshot, snapshot, stateHash } from './chain/snapshot.ts';
export type { FeeTable, Pair, State, Token, Upgrades } from './chain/state.ts';
export type { Clock } from './clock.ts';
export { type Control, type ControlOptions, openControl, type Selector, type TimeControl } from './control/control.ts';
export { type ControlAppOptions, controlApp } from './control/controlApp.ts';
export { ControlError, type ControlFault } from './control/controlError.ts';
export { type Account, Accounts, Balance } from './entry/accounts.ts';
export { GenesisError, NodeError, type NodeFault, ScenarioError } from './errors.ts';
export type { Admission, FaultyGateway, FaultySession, SessionState } from './gateway/faults.ts';
export { DEFAULT_LIMITS, type GatewayLimits } from './gateway/limits.ts';
export { type Link, Session, type SessionOptions } from './gateway/session.ts';
export {
  type Account as NamedAccount,
  type Frame,
  frame,
  frameText,
  type Place,
  type Sink,
  type Source,
  type Turn,
} from './gateway/source.ts';
export { History, type HistoryLimits, type PastTrade, type PastTransaction } from './history.ts';
export { MarketData } from './marketData/marketData.ts';
export { MarketStreams } from './marketStreams.ts';
export { match } from './matching/match.ts';
export { NONE, type Order, OrderColumns, type OrderSide } from './matching/orderColumns.ts';
export { RestingOrders } from './matching/restingOrders.ts';
export { Trades } from './matching/trades.ts';
export {
  type Publication,
  type PublishedAccount,
  type PublishedBalance,
  type PublishedBook,
  publish,
} from './publications.ts';
export { ENTRY_PATH, entryApp } from './rest/entry.ts';
export type { Door } from './rest/openApi/openApi.ts';
export { type RestOptions, restApp } from './rest/restApp.ts';
export type {
  BroadcastView,
  EntryView,
  LatestBlock,
  RestMarket,
  RestView,
  Submitted,
} from './rest/restView.ts';
export { parseScenario, type ScenarioOutcome, ScenarioRunner, type ScenarioStep } from './scenario.ts';
export { type DiffCadence, topics } from './topics.ts';
export { type DefaultTradersOptions, defaultTraders } from './traders/defaultTraders.ts';
export type { Actor, Extras, Trader, TraderMarket } from './traders/trader.ts';
export type { Refusal, Traders } from './traders/traders.ts';
export { type SubmitOptions, Venue, type VenueOptions } from './venue.ts';

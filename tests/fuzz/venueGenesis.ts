/**
 * A small market for the fuzz: rich and poor, a token as large as one may be, cheap and dear pairs, low fees of messages.
 * In: a height. Out: a genesis in JSON.
 */
export const fuzzGenesis = (initialHeight: number): object => ({
  chainId: 'Dexwire-Fuzz',
  prefix: 'tbnb',
  initialHeight,
  time: '2021-03-21T23:58:00Z',
  busd: 'BUSD-BD1',
  proposer: 'validator',
  validators: ['validator', 'carol', 'dave'],
  tokens: [
    { symbol: 'BNB', name: 'BNB', owner: 'validator' },
    { symbol: 'BUSD-BD1', name: 'BUSD', owner: 'validator', mintable: true },
    { symbol: 'ABC-123', name: 'Abc', owner: 'alice', mintable: true },
    { symbol: 'WIDE-0FF', name: 'Wide', owner: 'bob' },
    { symbol: 'XYZ-12AM', name: 'Xyz', owner: 'alice', mintable: true },
    { symbol: 'WEE-12BM', name: 'Wee', owner: 'bob', kind: 'tiny', mintable: true },
  ],
  accounts: [
    ...['alice', 'bob', 'carol'].map((name) => ({
      name,
      balances: {
        BNB: '20000000',
        'BUSD-BD1': '900000000',
        'ABC-123': '5000000',
        'WIDE-0FF': '25000000000',
        'XYZ-12AM': '200000',
        'WEE-12BM': '2000',
      },
    })),
    // Without BNB, fees are paid in what there is.
    { name: 'dave', balances: { 'BUSD-BD1': '100000', 'ABC-123': '70000', 'XYZ-12AM': '3000.5', 'WIDE-0FF': '5000' } },
    { name: 'erin', balances: { BNB: '0.0003', 'ABC-123': '0.00000001', 'WEE-12BM': '0.25' } },
    { name: 'validator', balances: { BNB: '100' } },
  ],
  pairs: [
    { base: 'BNB', quote: 'BUSD-BD1', listPrice: '300' },
    { base: 'ABC-123', quote: 'BNB', listPrice: '0.05' },
    { base: 'ABC-123', quote: 'BUSD-BD1', listPrice: '15' },
    { base: 'WIDE-0FF', quote: 'BNB', listPrice: '0.00001' },
    { base: 'XYZ-12AM', quote: 'BNB', listPrice: '0.1' },
    { base: 'WEE-12BM', quote: 'BUSD-BD1', listPrice: '2000' },
  ],
  fees: {
    ...{ issue: '0.5', issueMini: '0.1', issueTiny: '0.1', list: '2', listMini: '0.2', mint: '0.002', burn: '0.002' },
    ...{ freeze: '0.001', send: '0.000075', multiSend: '0.00006' },
  },
});

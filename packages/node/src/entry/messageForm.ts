/**
 * What is wrong with a message by itself, whoever signs it: looked at before anything else (reference).
 * In: a message. Out: the refusal, or nothing.
 */
import type { Message } from '@dexwire/protocol/transactions';
import type { Refused } from '../chain/result.ts';
import type { State } from '../chain/state.ts';
import { listFormFault } from './listEntry.ts';
import { checkCancelForm, checkOrderForm } from './orderEntry.ts';
import { tokenFormFault } from './tokenEntry.ts';
import { sendFormFault } from './transferEntry.ts';

export const messageFormFault = ({ accounts, busd }: State, message: Message): Refused | undefined => {
  switch (message.type) {
    case 'newOrder':
      return checkOrderForm(message);
    case 'cancelOrder':
      return checkCancelForm(message);
    case 'send':
      return sendFormFault(message, accounts);
    case 'list':
    case 'listMini':
      return listFormFault(message, busd);
    default:
      return tokenFormFault(message);
  }
};

import type { ActivityName } from '../day.js';
import type { Errand } from '../errand.js';
import type { Holder } from '../holder.js';
import { close, deposit, look } from './deposits.js';
import { commute, offlineExit, passback, prohibitedInside } from './gates.js';
import { refund, voidPurchase } from './givingBack.js';
import { brokenLine } from './lines.js';
import { beyondLimit, borrow, overLimit } from './loans.js';
import { lose } from './losing.js';
import { adjust, store } from './office.js';
import { phoneFetch, phoneMove, phonePay } from './phones.js';
import { accountShop, partial, pinShop, shop, wrongPins } from './shops.js';

export interface Activity {
  /** Which holders do it; absent: all. */
  readonly who?: (holder: Holder) => boolean;
  readonly run: (errand: Errand) => Promise<void>;
}

const REST_MINUTES = 10;

const onPlastic = ({ phone }: Holder): boolean => phone === undefined;
const onPhone = ({ phone }: Holder): boolean => phone !== undefined;
const borrows = ({ allLoan, creditFlag }: Holder): boolean => allLoan && creditFlag;

export const ACTIVITIES: Readonly<Record<ActivityName, Activity>> = {
  commute: { run: commute },
  passback: { run: passback },
  offlineExit: { run: offlineExit },
  prohibitedInside: { run: prohibitedInside },
  shop: { run: shop },
  pinShop: { run: pinShop },
  wrongPins: { run: wrongPins },
  accountShop: { who: ({ allLoan, creditFlag }) => !allLoan && creditFlag, run: accountShop },
  refund: { run: refund },
  void: { run: voidPurchase },
  partial: { run: partial },
  brokenLine: { run: brokenLine },
  borrow: { who: borrows, run: borrow },
  beyondLimit: { who: ({ allLoan }) => allLoan, run: beyondLimit },
  deposit: { run: deposit },
  store: { run: store },
  adjust: { run: adjust },
  overLimit: { who: borrows, run: overLimit },
  lose: { who: onPlastic, run: lose },
  close: { who: (holder) => onPlastic(holder) && holder.allLoan, run: close },
  look: { run: look },
  phoneFetch: { who: onPhone, run: phoneFetch },
  phonePay: { who: onPhone, run: phonePay },
  phoneMove: { who: onPhone, run: phoneMove },
  rest: { run: (errand) => errand.pause(REST_MINUTES) },
};

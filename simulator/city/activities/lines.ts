/** Connections that break. */
import type { Errand } from '../errand.js';

/** A till loses its connection while a payment is in flight: the same number is sent again when it is back. */
export async function brokenLine(errand: Errand): Promise<void> {
  const { town, random } = errand;
  const place = town.places.till(random);
  if (place === undefined) return;
  const paying = errand.purchase(random.integer(50, 500), { place, follow: 'repeatLater' });
  place.cut(0);
  await paying;
}

export function total(items) {
  let t = 0;
  for (let i = 0; i < items.length; i++) t = t + items[i].price * items[i].n;
  return t;
}

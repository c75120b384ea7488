declare module "*.sql" {
  const text: string;
  export default text;
}
declare module "*.yar" {
  const text: string;
  export default text;
}
declare module "*.wasm" {
  const path: string;
  export default path;
}
declare module "*.css" {
  const path: string;
  export default path;
}

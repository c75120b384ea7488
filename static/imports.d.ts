/** Static files are imported as text or as the path of an embedded file. */
declare module "*.css" {
  const text: string;
  export default text;
}
declare module "*.svg" {
  const text: string;
  export default text;
}
declare module "*/htmx.min.js" {
  const text: string;
  export default text;
}
declare module "*/marketplace.js" {
  const text: string;
  export default text;
}
declare module "*/passkeys.js" {
  const text: string;
  export default text;
}
declare module "*/review.js" {
  const text: string;
  export default text;
}
declare module "*/upload.js" {
  const text: string;
  export default text;
}
declare module "*.woff2" {
  const path: string;
  export default path;
}

declare module "*.yar" {
  const text: string;
  export default text;
}

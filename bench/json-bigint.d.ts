declare module 'json-bigint' {
  const make: (options: { useNativeBigInt: boolean }) => { parse: (text: string) => unknown };
  export default make;
}

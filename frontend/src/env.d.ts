declare module "@alpinejs/csp" {
  const Alpine: { data(name: string, factory: () => object): void; start(): void };
  export default Alpine;
}
declare module "bootstrap/js/dist/dropdown";

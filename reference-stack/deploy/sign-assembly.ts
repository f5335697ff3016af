export async function signAssembly(): Promise<void> {}

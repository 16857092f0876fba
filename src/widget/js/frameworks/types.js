// What is here is types alone. A module all the same, so that an import for its types that a
// compiler leaves standing finds one.
export {};

/**
 * What a function may still assign before it gives it away. States of many fields are copied by naming every field:
 * an engine like V8 turns a spread of more than some sixteen properties, once it was run before it was optimised, into
 * a dictionary, and all that are spread from it too, for ever. Naming them costs a tenth.
 */
export type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

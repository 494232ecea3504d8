interface Properties {
  readonly [name: PropertyKey]: unknown;
}

/** Whatever it is, so that its properties can be asked for. */
export const propertiesOf = (value: unknown): Properties => Object(value) as Properties;

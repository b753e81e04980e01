/** What the bundler makes of files that TypeScript has no types for, or would infer megabytes of types from. */

declare module '*.css' {}

declare module 'vega-lite/vega-lite-schema.json' {
  /** Text of the schema. */
  const text: string;
  export default text;
}

declare module 'monaco-editor/editor/editor.worker' {}
declare module 'monaco-editor/languages/features/json/json.worker' {}

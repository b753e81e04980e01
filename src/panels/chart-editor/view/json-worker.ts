/** The editor's worker: Monaco's own one, or the one of its JSON service. Monaco names it when it starts it. */

// Both are in this bundle: the import is over before the first message comes.
void (self.name === 'json' ? import('monaco-editor/languages/features/json/json.worker') : import('monaco-editor/editor/editor.worker'));

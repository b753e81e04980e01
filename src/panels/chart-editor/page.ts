/** Addresses that the chart editor's page loads, as a web page may load them. */
export interface PageResources {
  /** Where scripts, styles and fonts of the extension come from, for the policy. */
  readonly source: string;
  readonly script: string;
  readonly style: string;
  /** The script of the editor's worker. A page may not start a worker from there: it fetches the script and starts a blob of it. */
  readonly worker: string;
  /** A random value, used once. */
  readonly nonce: string;
}

/** The page of the chart editor. Its policy: our scripts only, no eval, nothing from the network; Monaco writes styles into the page. */
export function chartEditorPage({ source, script, style, worker, nonce }: PageResources): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${source} 'unsafe-inline'`,
    `font-src ${source} data:`,
    'img-src data:',
    'worker-src blob:',
    `connect-src ${source}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="${style}">
<title>Streambook</title>
</head>
<body data-worker="${worker}">
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}

/** Like fetch, for one body whose way to the server can be watched: fetch tells nothing of that. Rejects when the network fails. */
export function sendWatched(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: Blob,
  onProgress: (share: number) => void,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total);
    };
    request.onerror = () => reject(new TypeError('The network failed.'));
    request.onload = () => {
      const answered = new Headers();
      const retryAfter = request.getResponseHeader('Retry-After');
      if (retryAfter !== null) answered.set('Retry-After', retryAfter);
      resolve(new Response(request.responseText, { status: request.status, headers: answered }));
    };
    request.send(body);
  });
}

/** The answer with all of its body. @throws as `fetch` does, also where it breaks off: that says nothing. */
export async function fetchWhole(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  const body = await response.text();
  return new Response(body || null, response);
}

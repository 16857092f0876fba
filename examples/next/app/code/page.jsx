import { headers } from "next/headers";

import { CodeEntry } from "./CodeEntry.jsx";

export default async function Page() {
  // Here a backend asks its proxy: `POST /tickets`.
  const cookie = (await headers()).get("cookie") ?? "";
  const { ticket } = await (await fetch(`${process.env.SITE}/ticket`, { headers: { cookie } })).json();
  return (
    <main>
      <h1>Is it you?</h1>
      <form action="/code" method="post">
        <CodeEntry ticket={ticket} />
        <button>Continue</button>
      </form>
    </main>
  );
}

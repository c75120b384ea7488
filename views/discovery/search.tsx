import { Layout } from "../layout/layout.tsx";
import type { PageProps } from "../layout/page.ts";
import { attr } from "../components/format.ts";
import { Icon } from "../components/icon.tsx";
import { type SearchResultsModel, type SearchState, SearchResults } from "./search-results.tsx";

export interface SearchProps {
  page: PageProps;
  state: SearchState;
  results: SearchResultsModel;
}

/** Search with facets. A request by htmx is answered with `SearchResults` alone. */
export function SearchPage(props: SearchProps): JSX.Element {
  const { page, state } = props;
  const title = state.text === "" ? "Browse" : `Search: ${state.text}`;
  return (
    <Layout page={page} title={title} ownSearch unlisted>
      <form
        class="search"
        id="search-form"
        action="/search"
        method="get"
        hx-get="/search"
        hx-target="#results"
        hx-swap="outerMorph"
        hx-trigger="input changed delay:180ms from:#search-text, change, submit"
        hx-replace-url="true"
        hx-sync="this:replace"
        {...{ "hx-status:4xx": "swap:innerHTML", "hx-status:5xx": "swap:innerHTML" }}
      >
        <h1 class="hidden-visually" safe>
          {title}
        </h1>
        <div class="search-field">
          <Icon name="search" size={20} />
          <input
            type="search"
            id="search-text"
            name="q"
            value={attr(state.text)}
            aria-label="Search text"
            placeholder="Search by name, purpose or tag"
            maxlength="200"
            autocomplete="off"
          />
          <button class="button">Search</button>
        </div>
        <SearchResults page={page} state={state} results={props.results} />
      </form>
    </Layout>
  );
}

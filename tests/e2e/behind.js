// `storyBehind`: a story at the end of a crooked road.

import { crookedRoadTo } from "./crooked.js";
import { story } from "./story.js";

/**
 * As `story`, but everything that the visitor asks the site for goes by this road.
 *
 * @param {Parameters<typeof crookedRoadTo>[1]} how
 */
export function storyBehind(how, name, act, profile = {}) {
  story(name, async (told) => {
    const { site, visitor } = told;
    const { url } = site;
    const road = await crookedRoadTo({ url }, how);
    // The drawn phone's stream of events ends with the road.
    visitor.expects(/net::ERR_.*\/phone\/events/);
    site.url = road.url;
    try {
      await act(told);
    } finally {
      site.url = url;
      await road.closes();
    }
  }, profile);
}

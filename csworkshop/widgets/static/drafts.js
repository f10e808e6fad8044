// Words that Python has not yet acknowledged, kept in the browser. Each view has an entry of its own, so that two
// tabs don't overwrite each other; a later view of the same answer finds them all.

export function keepDrafts(place, client) {
  // Many people share one address on a hub, told apart by the path before /lab, /notebooks, /tree …
  const server = location.pathname.replace(/\/(lab|notebooks|tree|doc|edit|voila|nbclassic)(\/.*)?$/, "");
  const prefix = `csworkshop:${server}:${place}:`;
  const own = prefix + client;

  function read(key) {
    try {
      const { text, revision, at, underway = [] } = JSON.parse(localStorage.getItem(key));
      return typeof text === "string" ? { key, text, revision, at, underway } : null;
    } catch (error) {
      console.warn(`csworkshop: draft ${key} cannot be read`, error);
      return null;
    }
  }
  return {
    // `underway`: texts that were sent and not answered; Python may have saved them before it died.
    // False if the browser refuses (private window, storage full): then the notice says to copy the words.
    keep(text, revision, underway) {
      try {
        localStorage.setItem(own, JSON.stringify({ text, revision, underway, at: Date.now() }));
        return true;
      } catch (error) {
        console.warn("csworkshop: the browser keeps no draft", error);
        return false;
      }
    },
    drop: () => localStorage.removeItem(own),
    remove: (keys) => keys.forEach((key) => localStorage.removeItem(key)),
    // Drafts of other views, the newest first.
    others() {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix) && key !== own);
      return keys.map(read).filter(Boolean).sort((a, b) => b.at - a.at);
    },
  };
}

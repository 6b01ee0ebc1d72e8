//! What is shown of the table: filters by state and by text. Both are parameters of the URL; the script applies them in place.

use maud::{Markup, html};

use super::Page;
use super::headline::Census;
use super::view::Filter;

impl Page<'_> {
    pub(super) fn filters(&self, found: Census) -> Markup {
        let chosen = self.view.filter();
        html! {
            div.filters {
                form.search role="search" {
                    label.hidden for="find" { "Find endpoints by name or id" }
                    input #find type="search" name="find" value=(self.view.find) placeholder="Name or id" autocomplete="off" spellcheck="false";
                    @for (name, value) in [("sort", &self.view.sort), ("order", &self.view.order), ("state", &self.view.state)] {
                        @if !value.is_empty() { input type="hidden" name=(name) value=(value); }
                    }
                    button { "Find" }
                }
                nav aria-label="Filter by state" {
                    ul.states {
                        @for filter in Filter::ALL {
                            @let count = filter.count(found);
                            @if count > 0 || filter == Filter::All || filter == chosen {
                                li {
                                    a.(filter.key()) data-view href={ (self.view.with_state(filter.key())) "#endpoints" }
                                        aria-current=[(filter == chosen).then_some("true")] {
                                        (filter.key()) " " span.count { (count) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

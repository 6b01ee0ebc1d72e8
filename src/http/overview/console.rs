//! URLs of Runpod's console.

const CONSOLE: &str = "https://console.runpod.io";

/// The page of an endpoint.
pub(super) fn endpoint(id: &str) -> String {
    format!("{CONSOLE}/serverless/user/endpoint/{}", encoded(id))
}

/// The page of a pod.
pub(super) fn pod(id: &str) -> String {
    format!("{CONSOLE}/pods?id={}", encoded(id))
}

fn encoded(id: &str) -> String {
    url::form_urlencoded::byte_serialize(id.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_part_of_the_url() {
        assert_eq!(
            endpoint("chaqq3h8br08dt"),
            "https://console.runpod.io/serverless/user/endpoint/chaqq3h8br08dt"
        );
        assert_eq!(endpoint("../\"x"), "https://console.runpod.io/serverless/user/endpoint/..%2F%22x");
        assert_eq!(pod("a&b=c#"), "https://console.runpod.io/pods?id=a%26b%3Dc%23");
    }
}

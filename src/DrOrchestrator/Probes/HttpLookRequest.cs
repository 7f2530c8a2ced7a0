namespace DrOrchestrator.Probes;

/// <summary>A request that knows which look it belongs to: whoever opens its connection tells that look. The request's options would do too, at the price of a dictionary for each look.</summary>
internal sealed class HttpLookRequest(HttpMethod method, Uri url, Look look) : HttpRequestMessage(method, url)
{
    public Look Look => look;
}

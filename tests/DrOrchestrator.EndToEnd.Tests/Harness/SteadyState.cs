using System.Text.Json.Nodes;

namespace DrOrchestrator.EndToEnd.Harness;

/// <summary>Before a run: every system is up and protected, its exposure known to its upper bound (a standby behind at the first look has none yet), as the server itself sees it.</summary>
internal static class SteadyState
{
    public static async Task WaitAsync(ApiClient api)
    {
        string seen = "";
        try
        {
            await Patience.UntilAsync("steady state", Patience.Start, async () =>
            {
                JsonNode status = await api.StatusAsync();
                seen = status.ToJsonString();
                return status["systems"]!.AsArray().All(IsSteady);
            });
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; the server says {seen}", e);
        }
    }

    private static bool IsSteady(JsonNode? system) =>
        system!["state"]!.GetValue<string>() == "up"
        && system["exposures"]!.AsArray() is { Count: > 0 } exposures
        && exposures.All(e => e!["highest"] is not null && e["replication"]!.GetValue<string>() == "protected");
}

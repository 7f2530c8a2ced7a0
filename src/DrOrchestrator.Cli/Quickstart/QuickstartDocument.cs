using System.Text.Json.Nodes;
using DrOrchestrator.Drills;

namespace DrOrchestrator.Cli.Quickstart;

/// <summary>The one JSON document of <c>dro quickstart --output json</c>; its names are a promise (docs/cli.md). Pure.</summary>
internal static class QuickstartDocument
{
    public static JsonObject Of(QuickstartResult result)
    {
        var measured = result.Run.Measurement;
        return new JsonObject
        {
            ["run"] = new JsonObject { ["id"] = result.Run.Id, ["outcome"] = result.Run.Outcome, ["strength"] = result.Run.Strength },
            ["rto"] = Rto(measured?.Rto),
            ["rpo"] = Rpo(measured?.Rpo),
            ["planned"] = measured?.PlannedRto is null && measured?.PlannedRpo is null
                ? null
                : new JsonObject { ["rto"] = Rto(measured.PlannedRto), ["rpo"] = Rpo(measured.PlannedRpo) },
            ["evidence"] = new JsonObject
            {
                ["pack"] = result.Pack,
                ["records"] = result.Verification.Records,
                ["verified"] = result.Verification.Verified,
                ["keyFingerprint"] = result.Verification.KeyFingerprint,
            },
        };
    }

    private static JsonObject? Rto(RtoMeasurement? rto) => rto is null ? null : new JsonObject
    {
        ["seconds"] = rto.Seconds,
        ["lowerSeconds"] = rto.LowerSeconds,
        ["upperSeconds"] = rto.UpperSeconds,
        ["technicalSeconds"] = rto.TechnicalSeconds,
        ["limitSeconds"] = rto.LimitSeconds,
        ["met"] = rto.Met,
        ["phases"] = new JsonObject(rto.Phases.Select(phase => KeyValuePair.Create(phase.Key, (JsonNode?)phase.Value))),
    };

    private static JsonObject? Rpo(RpoMeasurement? rpo) => rpo is null ? null : new JsonObject
    {
        ["sent"] = rpo.Sent,
        ["acknowledged"] = rpo.Acknowledged,
        ["inDoubt"] = rpo.InDoubt,
        ["refused"] = rpo.Refused,
        ["lost"] = rpo.Lost,
        ["lostSeconds"] = rpo.LostSeconds,
        ["limitSeconds"] = rpo.LimitSeconds,
        ["met"] = rpo.Met,
    };
}

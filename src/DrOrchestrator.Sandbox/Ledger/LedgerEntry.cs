using System.Globalization;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.Ledger;

/// <summary>What a client books. <see cref="SentAt"/> stays the text the client sent: the ledger keeps it and makes nothing of it.</summary>
internal sealed record LedgerEntry(string Id, string Kind, string SentAt, long Amount)
{
    private static readonly string[] Kinds = ["marker", "probe", "user"];

    /// <summary>Reads an entry; on bad input returns null and says what was found, what is allowed.</summary>
    public static LedgerEntry? Parse(ReadOnlySpan<byte> body, out string problem)
    {
        if (JsonWire.ParseObject(body) is not { } json)
        {
            problem = "the body is not a JSON object; send {\"id\",\"kind\",\"sentAt\",\"amount\"}";
            return null;
        }

        string? id = json.Text("id");
        string? kind = json.Text("kind");
        string? sentAt = json.Text("sentAt");
        long? amount = json.Integer("amount");
        problem = id is not { Length: >= 1 and <= 100 } ? "id must be a text of 1 to 100 characters"
            : kind is null || !Kinds.Contains(kind) ? $"kind '{Shown(json, "kind")}' is not one of {string.Join(", ", Kinds)}"
            : sentAt is null || !IsTime(sentAt) ? $"sentAt '{Shown(json, "sentAt")}' is not an RFC 3339 time"
            : amount is null ? "amount must be an integer of 64 bits"
            : "";
        return problem.Length == 0 ? new LedgerEntry(id!, kind!, sentAt!, amount!.Value) : null;
    }

    private static bool IsTime(string text) =>
        text.Length <= 40 && text.Contains('T', StringComparison.Ordinal)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out _);

    private static string Shown(JsonObject json, string key)
    {
        string text = json[key]?.ToJsonString().Trim('"') ?? "";
        return text.Length <= 40 ? text : text[..40] + "...";
    }
}

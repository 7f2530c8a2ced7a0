using System.Text.Json;
using System.Text.Json.Nodes;
using DrOrchestrator.Commands;

namespace DrOrchestrator.Drills.Steps.Postgres;

/// <summary>What a database's own host answered (<c>runbooks/postgres-host.sh</c>). A closed set.</summary>
internal abstract record HostAnswer
{
    private const int Done = 0;
    private const int Refused = 10;
    private const int Short = 11;
    private const int LongestWords = 300;

    private HostAnswer(string reason) => Reason = reason;

    /// <summary>Why not, for people; empty when done.</summary>
    public string Reason { get; }

    /// <summary>What is kept in evidence of how it was asked; empty where the answer is all there is.</summary>
    public IReadOnlyList<RawOutput> Evidence { get; init; } = [];

    /// <summary>Done, now or before.</summary>
    public sealed record Said(JsonObject Facts) : HostAnswer("");

    /// <summary>Refused, and surely nothing changed; also where the program was not started at all.</summary>
    public sealed record No(string Why) : HostAnswer(Why)
    {
        /// <summary>The same where it was asked before and may have done something: a refusal of this request says nothing of that one.</summary>
        public Silent AskedBefore() => new($"{Why}; the same may have been asked of the host before, and what that did is not known") { Evidence = Evidence };
    }

    /// <summary>Not reached; what has been done stands, and asking again goes on from there.</summary>
    public sealed record NotYet(string Why, JsonObject Facts) : HostAnswer(Why);

    /// <summary>Nobody knows what happened.</summary>
    public sealed record Silent(string Why) : HostAnswer(Why);

    /// <summary>
    /// By exit code and last line; only a line of our own script for this verb counts as its word, so that an exit code of what lies between us is none. A 0 behind a line that says why it was not
    /// done is one of those: nobody knows then.
    /// </summary>
    public static HostAnswer Of(string verb, ProgramResult result)
    {
        if (result is not ProgramResult.Ended ended)
        {
            return new No(((ProgramResult.NotStarted)result).Why);
        }

        var facts = LastLine(ended.Output) is { } line && line["verb"]?.ToString() == verb ? line : null;
        var reason = facts?["reason"]?.ToString() ?? Words(ended);
        return (ended.ExitCode, facts) switch
        {
            (Done, not null) when facts["refused"] is null && facts["reason"] is null => new Said(facts),
            (Refused, not null) => new No(reason),
            (Short, not null) => new NotYet(reason, facts),
            _ => new Silent(reason),
        };
    }

    private static JsonObject? LastLine(string output)
    {
        try
        {
            return JsonNode.Parse(output.TrimEnd().Split('\n')[^1]) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Words(ProgramResult.Ended ended)
    {
        var words = ended.Error.Trim().ReplaceLineEndings(" ");
        return FormattableString.Invariant($"the host's program ended with {ended.ExitCode} and no answer{(words.Length > 0 ? ": " : "")}{(words.Length > LongestWords ? words[..LongestWords] : words)}");
    }
}

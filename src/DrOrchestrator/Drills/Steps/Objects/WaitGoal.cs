using System.Text.Json.Nodes;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Steps.Objects;

/// <summary>What one look at an object says of a wait.</summary>
internal abstract record WaitVerdict
{
    private WaitVerdict()
    {
    }

    /// <summary>It is as it was waited for.</summary>
    public sealed record Met(string Value) : WaitVerdict;

    /// <summary>It will not be any more.</summary>
    public sealed record Never(string Why) : WaitVerdict;

    /// <summary>Not yet.</summary>
    public sealed record NotYet(string Seen) : WaitVerdict;
}

/// <summary>What <c>k8s.wait</c> waits for, and what ends the waiting. Pure.</summary>
/// <param name="For">Null, or a word of <see cref="Words"/>.</param>
internal sealed record WaitGoal(string? For, ObjectSign? Sign, ObjectSign? Fails)
{
    public const string Exists = "exists";
    public const string Absent = "absent";
    public const string Deleted = "deleted";

    public static readonly IReadOnlyList<string> Words = [Exists, Absent, Deleted];

    public string Asked => (For, Sign) switch
    {
        (Absent, { } sign) => $"{sign.Path} is absent",
        (_, { } sign) => sign.Asked,
        (Deleted, _) => "it is deleted",
        (Absent, _) => "it is absent",
        _ => "it is there",
    };

    /// <exception cref="FormatException">The parameters cannot be meant.</exception>
    public static WaitGoal Read(StepParameters parameters)
    {
        var (word, sign) = (parameters.OptionalText("for"), ObjectSign.Read(parameters));
        if ((word, sign) is (null, null))
        {
            throw new FormatException("give condition, json-path or for");
        }

        if (word is not null && sign is not null && (word == Deleted || sign.Path is null || sign.Values.Count > 0))
        {
            throw new FormatException("for goes alone; exists and absent also with a json-path that has no value beside it");
        }

        return new WaitGoal(word, sign, ReadFails(parameters.Object("fails-on")));
    }

    /// <param name="seen">Null where there is no such object.</param>
    /// <param name="uid">Of the object that was there when the step was prepared; null for none.</param>
    /// <param name="unseen">What the cluster said where there is none.</param>
    public WaitVerdict Judge(JsonObject? seen, string? uid, string unseen)
    {
        if (seen is null)
        {
            return Sign is null && For is Absent or Deleted ? new WaitVerdict.Met(Absent) : new WaitVerdict.NotYet(unseen);
        }

        var found = seen["metadata"]?["uid"]?.ToString() ?? "";
        if (For == Deleted && uid is not null && found != uid)
        {
            return new WaitVerdict.Met("replaced");
        }

        if (Fails?.In(seen) is { Holds: true, OldGeneration: null } end)
        {
            return new WaitVerdict.Never(end.Words.Length == 0 ? "it says nothing more" : end.Words);
        }

        return Sign is null
            ? For == Exists ? new WaitVerdict.Met(found) : new WaitVerdict.NotYet(Still(seen))
            : Judge(Sign.In(seen));
    }

    private WaitVerdict Judge(SignSight sight)
    {
        if (sight.Places > 1)
        {
            return new WaitVerdict.Never($"the path finds {sight.Places} values; narrow its filter");
        }

        var holds = For == Absent ? sight.Value is null : sight.Holds;
        if (holds && sight.OldGeneration is null)
        {
            return new WaitVerdict.Met(sight.Value ?? Absent);
        }

        var value = sight.Value ?? Absent;
        return new WaitVerdict.NotYet(
            holds ? $"it is {value}, but of an earlier generation than the object's" : sight.Words.Length == 0 ? $"it is {value}" : $"it is {value} ({sight.Words})");
    }

    private static string Still(JsonObject seen) =>
        seen["metadata"]?["deletionTimestamp"] is null ? "it is still there, and nobody has deleted it"
        : seen["metadata"]?["finalizers"] is JsonArray { Count: > 0 } held ? $"it is being deleted, and held by {string.Join(", ", held.Select(name => name?.ToString()))}"
        : "it is being deleted";

    private static ObjectSign? ReadFails(JsonObject? given)
    {
        if (given is null)
        {
            return null;
        }

        var sign = given.All(entry => ObjectSign.Keys.Contains(entry.Key)) ? ObjectSign.Read(new StepParameters(given)) : null;
        return sign is { Condition: not null } or { Values.Count: > 0 } ? sign : throw new FormatException("fails-on: give condition, alone or with status, or json-path with equals or one-of");
    }
}

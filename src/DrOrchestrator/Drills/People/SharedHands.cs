using System.Text.Json.Nodes;
using DrOrchestrator.Drills.Journals;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Drills.People;

/// <summary>Somebody's word in a run, and who had a hand in the token it was given with.</summary>
/// <param name="Person">Id as on record.</param>
/// <param name="TokenMakers">As <see cref="Person.TokenMakers"/>; null where nobody knows, because it was given before that was kept.</param>
internal sealed record TokenWord(string Person, IReadOnlyList<string>? TokenMakers);

/// <summary>
/// Two words that must be of two people, given with tokens in which one third person had a hand: that one may have said both. Pure. Many houses have one administrator who makes all
/// tokens, so the word is taken, and the run is to be reviewed by somebody whose token is nobody's of these; where the estate wants independent tokens, it is not taken.
/// </summary>
/// <param name="People">Whose words it rests on.</param>
/// <param name="Makers">Who had a hand in the tokens of at least two of them.</param>
/// <param name="NotKnown">Of these nobody knows who made the token.</param>
internal sealed record SharedHands(IReadOnlyList<string> People, IReadOnlyList<string> Makers, IReadOnlyList<string> NotKnown)
{
    /// <summary>Of the line of an answer.</summary>
    public const string Key = "sharedTokens";

    /// <summary>As it stands there.</summary>
    public JsonObject ToJson() => new() { ["people"] = JournalJson.Array(People), ["makers"] = JournalJson.Array(Makers), ["notKnown"] = JournalJson.Array(NotKnown) };

    /// <summary>Puts it onto the line of a word, which may be judged more than once; a line of two hands says nothing of it.</summary>
    public static void Write(JsonObject line, SharedHands? shared)
    {
        line.Remove(Key);
        if (shared is not null)
        {
            line[Key] = shared.ToJson();
        }
    }

    /// <summary>And back; null where the line has none.</summary>
    public static SharedHands? Read(JsonObject data) => data[Key] is JsonObject shared ? new SharedHands(shared.Texts("people"), shared.Texts("makers"), shared.Texts("notKnown")) : null;

    /// <summary>Null where nobody could have said both.</summary>
    /// <param name="others">The words beside which this one must be another person's.</param>
    public static SharedHands? Of(IEnumerable<TokenWord> others, Person person, Estate estate)
    {
        var (people, makers, unknown) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var other in others)
        {
            var shared = other.TokenMakers?.Where(maker => person.TokenMakers.Any(own => Hands.Same(own, maker, estate))).ToList() ?? [];
            if (other.TokenMakers is null)
            {
                unknown.Add(other.Person);
            }
            else if (shared.Count == 0)
            {
                continue;
            }

            people.Add(other.Person);
            makers.AddRange(shared);
        }

        return people.Count == 0 ? null : new SharedHands([.. people.Append(person.Id).Distinct()], [.. makers.Distinct()], [.. unknown.Distinct()]);
    }

    /// <summary>What is the matter, as a sentence.</summary>
    /// <param name="item">The question.</param>
    public string Describe(string item) => Makers.Count > 0
        ? $"'{item}' rests on the words of {string.Join(", ", People)}, and {string.Join(", ", Makers)} had a hand in both their tokens: one person may have said both."
        : $"'{item}' rests on the words of {string.Join(", ", People)}; who made the token of {string.Join(", ", NotKnown)} was not kept then: one person may have said both.";

    /// <summary>Why the estate does not take the word.</summary>
    public AnswerResult Refusal(string item) => new(
        false,
        "shared-tokens",
        $"{Describe(item)} This estate wants independent tokens: answer with one that somebody else made, or with one of your own whose hash stands in the estate.");
}

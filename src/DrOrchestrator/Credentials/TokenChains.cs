using DrOrchestrator.Estates;

namespace DrOrchestrator.Credentials;

/// <summary>
/// Chains of makers of tokens that were made before chains were kept. Pure. Of such a token only its maker is on record, and not with which token that one signed in: whoever had a hand
/// in any token the maker had by then may have had one in it. So nobody is left out, and somebody may be counted who had none.
/// </summary>
internal static class TokenChains
{
    /// <summary>The tokens with what may be in their chains.</summary>
    /// <param name="kept">All of them; the makers of those whose chain is not known are their maker alone.</param>
    public static IReadOnlyList<KeptToken> Complete(IEnumerable<KeptToken> kept)
    {
        var complete = new List<KeptToken>();
        foreach (var one in kept.OrderBy(one => one.Token.Id))
        {
            var maker = one.Token.CreatedBy;

            // The data folder ends every chain: there is nothing in front of it.
            complete.Add(one.Token.MakersKnown ? one
                : maker == Person.LocalOperatorId ? one with { Token = one.Token with { MakersKnown = true } }
                : one with { Token = one.Token with { Makers = [.. complete.Where(earlier => earlier.Token.Person == maker).SelectMany(earlier => earlier.Token.Makers).Prepend(maker).Distinct(StringComparer.Ordinal)] } });
        }

        return complete;
    }
}

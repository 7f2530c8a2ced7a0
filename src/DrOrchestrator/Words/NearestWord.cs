namespace DrOrchestrator.Words;

/// <summary>The word somebody probably meant.</summary>
public static class NearestWord
{
    private const int LongestCompared = 64;

    /// <summary>
    /// The candidate with the fewest edits (insert, delete, replace, swap neighbours) from <paramref name="found"/>, or null when none is near: at most a third of
    /// the longer word, at least one edit, may differ. Case counts as no difference. The first of equals wins.
    /// </summary>
    public static string? Of(string found, IEnumerable<string> candidates)
    {
        if (found.Length is 0 or > LongestCompared)
        {
            return null;
        }

        string? nearest = null;
        var fewest = int.MaxValue;
        foreach (var candidate in candidates.Where(word => word.Length is > 0 and <= LongestCompared))
        {
            var edits = Edits(found.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (edits < fewest && edits <= Math.Max(1, Math.Max(found.Length, candidate.Length) / 3) && edits < Math.Min(found.Length, candidate.Length))
            {
                (nearest, fewest) = (candidate, edits);
            }
        }

        return nearest;
    }

    private static int Edits(string a, string b)
    {
        var distance = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            distance[i, 0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            distance[0, j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = distance[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                distance[i, j] = Math.Min(replace, Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    distance[i, j] = Math.Min(distance[i, j], distance[i - 2, j - 2] + 1);
                }
            }
        }

        return distance[a.Length, b.Length];
    }
}

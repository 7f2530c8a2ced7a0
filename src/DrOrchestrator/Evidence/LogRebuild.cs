namespace DrOrchestrator.Evidence;

/// <summary>Rebuilds the tree, or goes on with it, from stored leaf hashes and holds it against what is known of it: the newest signed checkpoint, the tree in memory.</summary>
internal static class LogRebuild
{
    private const string WhatToDo =
        "Nothing is appended any more. Restore the database from before the damage; if the loss is accepted, keep dro.db and evidence.key aside as they are and start with a new data folder.";

    /// <exception cref="EvidenceLogBrokenException">A record is missing, or the log is not a continuation of an anchor.</exception>
    public static CompactRange Run(IEnumerable<(long Sequence, byte[] LeafHash)> leaves, IReadOnlyList<LogAnchor> anchors) => Continue(CompactRange.Empty, leaves, anchors);

    /// <summary>The same from a tree that is known already, with the leaves behind it.</summary>
    /// <exception cref="EvidenceLogBrokenException">A record is missing, or the log is not a continuation of an anchor.</exception>
    public static CompactRange Continue(CompactRange tree, IEnumerable<(long Sequence, byte[] LeafHash)> leaves, IReadOnlyList<LogAnchor> anchors)
    {
        foreach (var (sequence, leafHash) in leaves)
        {
            if (sequence != tree.Size)
            {
                throw new EvidenceLogBrokenException($"The evidence log has no record {tree.Size}; the next one found is {sequence}. {WhatToDo}");
            }

            tree = tree.Append(leafHash);
            foreach (var anchor in anchors.Where(anchor => anchor.Size == tree.Size))
            {
                RequireSameRoot(tree, anchor);
            }
        }

        return anchors.FirstOrDefault(anchor => anchor.Size > tree.Size) is { } longer
            ? throw new EvidenceLogBrokenException($"The evidence log is shorter than {longer.What}: it holds {tree.Size} records, {longer.Size} are on record. {WhatToDo}")
            : tree;
    }

    private static void RequireSameRoot(CompactRange tree, LogAnchor anchor)
    {
        if (!tree.Root().AsSpan().SequenceEqual(anchor.Root))
        {
            throw new EvidenceLogBrokenException(
                $"The first {anchor.Size} records of the evidence log are not those of {anchor.What}: their root is {Convert.ToBase64String(tree.Root())}, {Convert.ToBase64String(anchor.Root)} is on record. {WhatToDo}");
        }
    }
}

/// <summary>A size and root that the log must have passed through.</summary>
/// <param name="What">For people: <c>its newest checkpoint</c>.</param>
internal sealed record LogAnchor(long Size, byte[] Root, string What);

using System.Security.Cryptography;
using System.Text;
using DrOrchestrator.Estates;
using DrOrchestrator.Plans;

namespace DrOrchestrator.Drills.Gates;

/// <summary>
/// Whether each secret of a rehearsal is another one than every secret of production, by what they say and not by where they stand. Nothing of them leaves this file: not their digests
/// either, which would let a short one be guessed.
/// </summary>
internal static class SecretsOfItsOwn
{
    private const string Limit = "no secret of production";

    /// <summary>One result for each secret of the rehearsal.</summary>
    public static IEnumerable<GateResult> Compare(IReadOnlyList<UsedSecret> rehearsed, IReadOnlyList<UsedSecret> production)
    {
        var theirs = rehearsed.Count == 0 ? [] : production.Select(used => (Used: used, Read: Read(used.Secret))).ToList();
        return rehearsed.Select(own => Judge(own, Read(own.Secret), theirs));
    }

    private static GateResult Judge(UsedSecret own, SecretRead read, IReadOnlyList<(UsedSecret Used, SecretRead Read)> theirs)
    {
        if (read.Digest is not { } digest)
        {
            return Result(own, false, $"unknown: {read.Problem}", $"See that {own.Secret} can be read.");
        }

        if (theirs.FirstOrDefault(one => one.Used.Secret == own.Secret || (one.Read.Digest is { } other && CryptographicOperations.FixedTimeEquals(other, digest))) is { Used: { } same })
        {
            return Result(own, false, $"it is the secret in {same.Secret}, which {same.Whose} uses live", $"Give {own.Whose} a secret of the isolated environment, and take it the one of production. Then start the rehearsal again.");
        }

        // A secret that is nowhere is none; one that stands there and cannot be read may be this one.
        return theirs.FirstOrDefault(one => one.Read is { Digest: null, IsMissing: false }) is { Used: { } unread, Read.Problem: { } why }
            ? Result(own, false, $"unknown: {why}", $"See that {unread.Secret} can be read, which {unread.Whose} uses live.")
            : Result(own, true, "a secret of its own", "");
    }

    private static SecretRead Read(SecretReference secret) => secret.TryRead(out var value, out var problem)
        ? new SecretRead(SHA256.HashData(Encoding.UTF8.GetBytes(value)), null, false)
        : new SecretRead(null, problem, secret is not SecretReference.File { Path: var path } || !File.Exists(path));

    private static GateResult Result(UsedSecret own, bool passed, string value, string remedy) =>
        new($"{RehearsalProof.Kind} secret {own.Secret}", passed, value, Limit, "secrets compared by what they say", TimeSpan.Zero, remedy);

    private sealed record SecretRead(byte[]? Digest, string? Problem, bool IsMissing);
}

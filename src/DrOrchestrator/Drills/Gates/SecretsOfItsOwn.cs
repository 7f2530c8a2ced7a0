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
        var theirs = rehearsed.Count == 0 ? [] : production.Select(used => (Used: used, Read: Read(used))).ToList();
        return rehearsed.Select(own => Judge(own, Read(own), theirs));
    }

    private static GateResult Judge(UsedSecret own, SecretRead read, IReadOnlyList<(UsedSecret Used, SecretRead Read)> theirs)
    {
        if (read.Digest is null)
        {
            return Result(own, false, $"unknown: {read.Problem}", $"See that {own.Secret} can be read.");
        }

        if (theirs.FirstOrDefault(one => one.Used.Secret == own.Secret || IsSame(one.Read.Digest, read.Digest) || IsSame(one.Read.KeyDigest, read.KeyDigest)) is { Used: { } same })
        {
            return Result(own, false, $"it is the secret in {same.Secret}, which {same.Whose} uses live", $"Give {own.Whose} a secret of the isolated environment, and take it the one of production. Then start the rehearsal again.");
        }

        // A secret that is nowhere is none; one that stands there and cannot be read may be this one.
        return theirs.FirstOrDefault(one => one.Read is { Digest: null, IsMissing: false }) is { Used: { } unread, Read.Problem: { } why }
            ? Result(own, false, $"unknown: {why}", $"See that {unread.Secret} can be read, which {unread.Whose} uses live.")
            : Result(own, true, "a secret of its own", "");
    }

    private static bool IsSame(byte[]? one, byte[]? other) => one is not null && other is not null && CryptographicOperations.FixedTimeEquals(one, other);

    private static SecretRead Read(UsedSecret used) => used.Secret.TryRead(out var value, out var problem)
        ? new SecretRead(SHA256.HashData(Encoding.UTF8.GetBytes(value)), used.IsKey && KeyIn(value) is { } key ? SHA256.HashData(key) : null, null, false)
        : new SecretRead(null, null, problem, used.Secret is not SecretReference.File { Path: var path } || IsNowhere(path));

    /// <summary>The bytes that a text in base64 stands for, whatever its spaces and padding; null where it is none.</summary>
    private static byte[]? KeyIn(string text)
    {
        var plain = string.Concat(text.Where(c => !char.IsWhiteSpace(c))).TrimEnd('=');
        var key = new byte[plain.Length];
        return plain.Length > 0 && Convert.TryFromBase64String(plain.PadRight((plain.Length + 3) / 4 * 4, '='), key, out var length) ? key[..length] : null;
    }

    /// <summary>Only opening it tells: a folder that may not be searched, or whose file system does not answer, is no word about what is in it. A link that leads nowhere stands there.</summary>
    private static bool IsNowhere(string path)
    {
        try
        {
            using var opened = File.OpenHandle(path);
            return false;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return new FileInfo(path).LinkTarget is null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static GateResult Result(UsedSecret own, bool passed, string value, string remedy) =>
        new($"{RehearsalProof.Kind} secret {own.Secret}", passed, value, Limit, "secrets compared by what they say", TimeSpan.Zero, remedy);

    private sealed record SecretRead(byte[]? Digest, byte[]? KeyDigest, string? Problem, bool IsMissing);
}

using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace DrOrchestrator.Sandbox.Wire;

/// <summary>A secret in a file of its own (0600, one line) that callers send as a bearer token.</summary>
internal sealed class BearerToken
{
    private readonly byte[] _expected;

    private BearerToken(string text)
    {
        _expected = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        Sha256Hex = Convert.ToHexStringLower(_expected);
        Text = text;
    }

    public string Text { get; }

    /// <summary>Lower-case hex SHA-256 of the token: what may stand in files that others read.</summary>
    public string Sha256Hex { get; }

    /// <summary>Reads the token of <paramref name="path"/>, or makes one there: <c>dro_</c> and 32 random bytes in base64url.</summary>
    public static BearerToken ReadOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            string made = "dro_" + System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
            DurableFile.Replace(path, Encoding.ASCII.GetBytes(made + "\n"));
        }

        return Read(path);
    }

    public static BearerToken Read(string path) => new(File.ReadAllText(path).Trim());

    /// <summary>True when the caller sent the token; otherwise the request is answered with 401.</summary>
    public async Task<bool> AdmitsAsync(HttpContext context)
    {
        const string Scheme = "Bearer ";
        string sent = context.Request.Headers.Authorization.ToString();
        if (sent.StartsWith(Scheme, StringComparison.Ordinal)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(sent[Scheme.Length..])), _expected))
        {
            return true;
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        await context.RefuseAsync(StatusCodes.Status401Unauthorized, "a bearer token of this lab is needed; its file is named in the estate").ConfigureAwait(false);
        return false;
    }
}

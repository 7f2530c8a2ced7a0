using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DrOrchestrator.Sandbox.Wire;

namespace DrOrchestrator.Sandbox.FrontDoor;

/// <summary>
/// Programs of others that come with a token of their own. Who comes without one is served as a user is; who comes with one that is revoked, or nobody's, is not.
/// </summary>
internal sealed class Customers
{
    public const string Partner = "partner";

    private readonly Dictionary<string, (BearerToken Token, VersionedDocument Access)> _customers;

    public Customers(LabSettings lab) => _customers = new(StringComparer.Ordinal)
    {
        [Partner] = (
            BearerToken.ReadOrCreate(lab.TokenFile(Partner)),
            VersionedDocument.ReadOrCreate(Path.Combine(lab.Folder, "customer-partner.json"), new JsonObject { ["name"] = Partner, ["revoked"] = false, ["by"] = "sandbox" })),
    };

    public IReadOnlyCollection<string> Names => _customers.Keys;

    public VersionedDocument? Find(string name) => _customers.TryGetValue(name, out var customer) ? customer.Access : null;

    /// <summary>Why a request with this header is not served; null when it is.</summary>
    public string? Refusal(string authorization)
    {
        if (authorization.Length == 0)
        {
            return null;
        }

        const string Scheme = "Bearer ";
        byte[] sent = SHA256.HashData(Encoding.UTF8.GetBytes(authorization.StartsWith(Scheme, StringComparison.Ordinal) ? authorization[Scheme.Length..] : ""));
        var known = _customers.Values.FirstOrDefault(customer => CryptographicOperations.FixedTimeEquals(sent, Convert.FromHexString(customer.Token.Sha256Hex)));
        return known.Access is null ? "no customer has this token"
            : known.Access.Current.Flag("revoked") == true ? $"the token was revoked by {known.Access.Current.Text("by")}"
            : null;
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Web.Security;

/// <summary>
/// The built-in local operator: whoever can read the data folder is one. Works when no identity provider does. The token is made once and kept; only its hash stays
/// in memory.
/// </summary>
internal sealed class LocalOperator
{
    private const string Prefix = "dro_";
    private const int TokenLength = 47;

    private LocalOperator(Person person) => Person = person;

    public Person Person { get; }

    public static LocalOperator Of(DataFolder folder)
    {
        var token = Read(folder.OperatorToken) ?? Create(folder.OperatorToken);
        return new(new Person("operator", "Local operator", "", [PersonRole.Operator, PersonRole.Viewer], Tokens.Hash(token), Simulated: false));
    }

    private static string? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        PrivateFile.Restrict(path);
        var token = File.ReadAllText(path).Trim();
        return token.Length == TokenLength && token.StartsWith(Prefix, StringComparison.Ordinal)
            ? token
            : throw new ServeException(
                ServeFailure.Internal,
                $"{path} does not hold a token of this server ({Prefix} and 43 characters). Delete the file to have a new one made; programs that use the old one must read it again.");
    }

    private static string Create(string path)
    {
        var token = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        PrivateFile.Write(path, Encoding.ASCII.GetBytes(token + "\n"));
        return token;
    }
}

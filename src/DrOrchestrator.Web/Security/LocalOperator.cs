using System.Text;
using DrOrchestrator.Credentials;
using DrOrchestrator.Estates;

namespace DrOrchestrator.Web.Security;

/// <summary>
/// The built-in local operator: whoever can read the data folder is one. Works when no identity provider does. The token is made once and kept; only its hash stays
/// in memory.
/// </summary>
internal sealed class LocalOperator
{
    private LocalOperator(Person person) => Person = person;

    public Person Person { get; }

    public static LocalOperator Of(DataFolder folder)
    {
        var token = Read(folder.OperatorToken) ?? Create(folder.OperatorToken);
        return new(new Person(Person.LocalOperatorId, "Local operator", "", [PersonRole.Operator, PersonRole.Viewer], Tokens.Hash(token), Simulated: false));
    }

    private static string? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        PrivateFile.Restrict(path);
        var token = File.ReadAllText(path).Trim();
        return TokenText.IsOne(token)
            ? token
            : throw new ServeException(
                ServeFailure.Internal,
                $"{path} does not hold a token of this server (dro_ and 43 characters). Delete the file to have a new one made; programs that use the old one must read it again.");
    }

    private static string Create(string path)
    {
        var token = TokenText.Create();
        PrivateFile.Write(path, Encoding.ASCII.GetBytes(token + "\n"));
        return token;
    }
}

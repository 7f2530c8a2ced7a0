using DrOrchestrator.Estates.Yaml;

namespace DrOrchestrator.Estates.Loading;

/// <summary>Secrets as values of keys: <c>{ env: NAME }</c> or <c>{ file: path }</c>. A secret written out is refused, and never repeated in the error.</summary>
internal static class SecretKeys
{
    private const string Allowed = "{ env: NAME } or { file: path relative to the estate's folder }";

    /// <summary>The reference at a key; null where it is absent or wrong (then there is a problem).</summary>
    public static SecretReference? Secret(this StrictMap map, string key, EstateScope scope, bool required = false)
    {
        switch (map.Node(key, required, Allowed))
        {
            case null:
                return null;
            case YamlMapping mapping:
                return Reference(StrictMap.Of(mapping, $"the secret '{key}'", map.Problems)!, scope);
            case var node:
                map.Problems.Add(node.Place, $"'{key}' has its secret written out", Allowed, "Put the secret into a file or an environment variable and name that.");
                return null;
        }
    }

    private static SecretReference? Reference(StrictMap map, EstateScope scope)
    {
        var name = map.OptionalText("env");
        var file = map.Has("file") ? scope.ExistingFile(map, "file") : map.OptionalText("file");
        map.Close();
        if ((name is null) == (file is null))
        {
            map.Problems.Add(map.Place, $"{map.What} with {(name is null ? "neither 'env' nor 'file'" : "both 'env' and 'file'")}", Allowed, "Name one of the two.");
            return null;
        }

        return name is not null ? new SecretReference.Env(name) : new SecretReference.File(file!);
    }
}

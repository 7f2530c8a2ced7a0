using System.Text.Json.Nodes;

namespace DrOrchestrator.Sandbox.Tests.Kubernetes;

/// <summary>Objects as a client would send them. The containers are shell scripts: the site of the tests runs <c>/bin/sh -c SCRIPT</c>.</summary>
internal static class Manifests
{
    /// <summary>Runs until its standard input closes or it is asked to end; then it ends well.</summary>
    public const string Patient = "trap 'echo bye; exit 0' TERM; echo port $PORT; while read line; do :; done";

    public const string Deaf = "trap '' TERM; echo deaf; while read line; do :; done";

    public static JsonObject ConfigMap(string name, params (string Key, string Value)[] data) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["data"] = new JsonObject(data.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value))),
    };

    public static JsonObject Pod(string name, string script, string restartPolicy = "Always", string? app = null, int? grace = null, string? claim = null)
    {
        var spec = PodSpec(script);
        spec["restartPolicy"] = restartPolicy;
        if (grace is not null)
        {
            spec["terminationGracePeriodSeconds"] = grace;
        }

        if (claim is not null)
        {
            spec["volumes"] = new JsonArray(new JsonObject { ["name"] = "data", ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = claim } });
        }

        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { ["app"] = app ?? name } },
            ["spec"] = spec,
        };
    }

    public static JsonObject PodSpec(string script) => new()
    {
        ["containers"] = new JsonArray(new JsonObject { ["name"] = "main", ["image"] = "lab", ["command"] = new JsonArray(script) }),
    };

    public static JsonObject Workload(string kind, string name, int? replicas, string script)
    {
        var spec = new JsonObject
        {
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = name } },
            ["template"] = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = name } }, ["spec"] = PodSpec(script) },
        };
        if (replicas is not null)
        {
            spec["replicas"] = replicas;
        }

        return new JsonObject { ["apiVersion"] = "apps/v1", ["kind"] = kind, ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = spec };
    }

    public static JsonObject StatefulSetWithClaim(string name, int replicas, string script)
    {
        var set = Workload("StatefulSet", name, replicas, script);
        set["spec"]!["volumeClaimTemplates"] = new JsonArray(new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "data" },
            ["spec"] = new JsonObject
            {
                ["accessModes"] = new JsonArray("ReadWriteOnce"),
                ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["storage"] = "1Gi" } },
            },
        });
        return set;
    }

    public static JsonObject Job(string name, string script, int backoffLimit)
    {
        var spec = PodSpec(script);
        spec["restartPolicy"] = "Never";
        return new JsonObject
        {
            ["apiVersion"] = "batch/v1",
            ["kind"] = "Job",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["backoffLimit"] = backoffLimit, ["template"] = new JsonObject { ["spec"] = spec } },
        };
    }

    public static JsonObject Claim(string name) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "PersistentVolumeClaim",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject { ["accessModes"] = new JsonArray("ReadWriteOnce") },
    };

    public static JsonObject Service(string name, string app, int port) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Service",
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject { ["selector"] = new JsonObject { ["app"] = app }, ["ports"] = new JsonArray(new JsonObject { ["port"] = port }) },
    };

    /// <summary>What an applier says who wants so many replicas, and nothing else.</summary>
    public static JsonObject Replicas(string kind, string name, int replicas) => new()
    {
        ["apiVersion"] = "apps/v1",
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject { ["replicas"] = replicas },
    };
}

using System.CommandLine;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Questions;

/// <summary><c>plane permissions</c></summary>
internal static class WhatMayBeDone
{
    public static Command Build()
    {
        var key = new Option<string?>("--key") { Description = "Of this key, by its id or its prefix (never the key itself).", HelpName = "ID" };
        var subject = new Option<string?>("--subject") { Description = "Of this member or group.", HelpName = "SUBJECT" };
        var groups = new Option<string[]>("--group") { Description = "With --subject: as one of this group of the identity provider; may be repeated.", HelpName = "NAME" };
        return Verb.Of("permissions", "What your key may do; with --key or --subject, an administrator's question about others.", [key, subject, groups], async call =>
        {
            if (call.Has(key) && call.Has(subject))
                throw CliException.Usage("Either --key or --subject can be given, not both.");
            if (call.Get(key) is { } id)
                Keys.KeyCommands.CheckId(id);
            var path = call.Has(key) || call.Has(subject)
                ? Query.Of("api/v1/access/permissions", [("key", call.Get(key)), ("subject", call.Get(subject)), .. call.Get(groups)!.Select(group => ("group", (string?)group))])
                : WhoAmI.Path;
            var answer = await call.Client.GetAsync(path, call.Ct);
            if (call.Screen.Json)
            {
                call.Screen.Document(answer);
                return;
            }

            call.Screen.Line($"{answer.Text("subject")}{(answer.Text("whyNot") is { } whyNot ? $": nothing. {whyNot} Else:" : ":")}");
            call.Screen.Table(answer.Items("rules"), RuleColumns.Of);
        });
    }
}

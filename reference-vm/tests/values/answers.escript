#!/usr/bin/env escript
%% Answers the calls of standard input, one per line, in the form of answers.txt.
%% Lines that begin with # are copied.
main(_) ->
    io:setopts([{encoding, utf8}]),
    answer(io:get_line("")).

answer(eof) -> ok;
answer("#" ++ _ = Comment) -> io:put_chars(Comment), answer(io:get_line(""));
answer("\n") -> io:put_chars("\n"), answer(io:get_line(""));
answer(Line) ->
    Call = string:trim(Line),
    {ok, Tokens, _} = erl_scan:string(Call ++ "."),
    {ok, [{call, _, {remote, _, M, F}, As}]} = erl_parse:parse_exprs(Tokens),
    [Module, Name | Args] = [value(E) || E <- [M, F | As]],
    case catch {value, try apply(Module, Name, Args) catch C:R -> {C, R, exception} end} of
        {value, {Class, Reason, exception}} -> io:format("~ts = ! ~w:~tw~n", [Call, Class, Reason]);
        {value, Value} -> io:format("~ts = ~tw~n", [Call, Value])
    end,
    answer(io:get_line("")).

value(E) -> {value, V, _} = erl_eval:expr(E, []), V.

%% Counts words by map and reduce: one process per line, then the counts are merged.
%%
%% Shows maps, strings and message passing together. Run it:
%%     erlc -o examples examples/word_count.erl && lam run examples/word_count.beam
%% Arguments, if there are any, are the text to count.
-module(word_count).
-export([main/0, main/1]).

main() -> main([]).

main([]) -> report(count(text()));
main(Lines) -> report(count(Lines)).

count(Lines) ->
    Self = self(),
    Refs = [begin
                Ref = make_ref(),
                spawn_link(fun() -> Self ! {Ref, count_line(Line)} end),
                Ref
            end || Line <- Lines],
    lists:foldl(fun(Ref, Total) ->
        receive {Ref, Counts} -> maps:merge_with(fun(_, A, B) -> A + B end, Total, Counts) end
    end, #{}, Refs).

count_line(Line) ->
    Words = string:lexemes(string:lowercase(Line), " ,.;:!?'\"-"),
    lists:foldl(fun(Word, Counts) -> maps:update_with(Word, fun(N) -> N + 1 end, 1, Counts) end, #{}, Words).

%% The most frequent first, equally frequent ones by name.
report(Counts) ->
    Sorted = lists:sort([{-N, Word} || {Word, N} <- maps:to_list(Counts)]),
    [io:format("~4b ~ts~n", [-N, Word]) || {N, Word} <- lists:sublist(Sorted, 10)],
    io:format("~4b words, ~b different~n", [lists:sum(maps:values(Counts)), map_size(Counts)]).

text() ->
    ["How much wood would a woodchuck chuck,",
     "if a woodchuck could chuck wood?",
     "He would chuck, he would, as much as he could,",
     "and chuck as much wood as a woodchuck would",
     "if a woodchuck could chuck wood."].

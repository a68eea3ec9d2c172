%% Atoms with odd characters: quoting, escapes, Unicode, comparison, long ones, reserved words.
-module(atoms_odd).
-export([main/0, 'a strange function'/1, 'Über'/0, id/1]).

id(X) -> X.

main() ->
    ok = io:setopts([{encoding, unicode}]),
    Atoms = [abc, 'Abc', '', ' ', 'two words', 'with\'quote', 'back\\slash', 'new\nline', 'tab\t', '123', a1, 'a-b', a_b, a@b,
             '_x', 'if', 'end', 'and', 'fun', 'maybe_not', '[]', '{}', 'é', 'Été', 'ß', '日本', 'α', '\x{1f600}', '\0', 'a.b', 'A', '+', 'café'],
    [io:format("~tp ~tw ~ts ~w~n", [A, A, A, length(atom_to_list(A))]) || A <- Atoms],
    [io:format("~p ~w~n", [A, A]) || A <- Atoms],
    io:format("~tp~n", [lists:sort(Atoms)]),
    io:format("~w~n", [[byte_size(atom_to_binary(A)) || A <- Atoms]]),
    io:format("~w~n", [lists:all(fun(A) -> list_to_atom(atom_to_list(A)) =:= A end, Atoms)]),
    io:format("~w~n", [lists:all(fun(A) -> binary_to_atom(atom_to_binary(A)) =:= A end, Atoms)]),
    io:format("~w~n", ['a strange function'(1)]),
    io:format("~w~n", [?MODULE:'a strange function'(2)]),
    io:format("~ts~n", ['Über'()]),
    Long = list_to_atom(lists:duplicate(255, $x)),
    io:format("~w~n", [Long]),
    io:format("~w~n", [try list_to_atom(lists:duplicate(256, $x)) catch error:R -> R end]),
    io:format("~w~n", [try list_to_atom(id([1, -1])) catch error:R2 -> R2 end]),
    io:format("~w~n", [try binary_to_atom(id(<<255>>), utf8) catch error:R3 -> R3 end]),
    io:format("~tp~n", [binary_to_atom(<<255>>, latin1)]),
    io:format("~w~n", [['\x41' =:= 'A', abc =:= 'abc', 'Abc' < abc, 'z' < 'é', aa < b, '' < a]]),
    io:format("~tp~n", [{record, 'Field', #{'odd key' => 'odd value', 'é' => 1}}]),
    io:format("~tp~n", [fun ?MODULE:'a strange function'/1]),
    io:format("~s|~10s|~-10s|~.2s|~n", [atom, atom, atom, atom]),
    io:format("~w~n", [[is_atom(X) || X <- [true, undefined, '1', "a", a]]]),
    io:format("~w~n", [choose('two words')]),
    io:format("~w~n", [[choose(A) || A <- Atoms]]),
    Made = [list_to_atom("made_" ++ integer_to_list(N)) || N <- lists:seq(1, 500)],
    io:format("~w ~w~n", [length(lists:usort(Made)), lists:nth(77, Made)]).

'a strange function'(N) -> {strange, N}.

'Über'() -> 'Ünïcödé'.

choose(abc) -> 1;
choose('two words') -> 2;
choose('') -> 3;
choose('if') -> 4;
choose('日本') -> 5;
choose(_) -> 0.

"""Function words, which hold prose together, and words typical of furniture.

Plain lists, one line for each language, closed classes first. Languages share one set: a page often
mixes its own language with English furniture, and the scorer asks for shares, not for languages.
"""

from __future__ import annotations

_FUNCTION = """
the of and to in a is that for it was on are as with his they be at one have this from had by not but what all
were when we there can an your which their said if do will each about how up out them then she many some so these
would other into has more her him could been its who my than our you he i no because been while after before also
der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass
sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch
man sein wurde sei ich wir ihr kann wenn doch schon hier dieser diese ihre seine unter gegen vom ab
de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec son ou mais on
aux ont été cette elle comme nous ses leur sans si deux même aussi bien peut fait tout être y ces dont entre c'est
el la de que y en los del se las por un para con no una su al lo como más pero sus le ya o este sí porque esta
entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante todos uno les ni contra otros ese
di che è e il la in per un a con del non una i le si da sono come al dei nel alla più anche ma della gli lo delle
ha dal nella questo su o se ci suo dopo stato essere tra era dai degli questa
de da do em um para com uma os no se na por mais as dos como mas ao ele das à seu sua ou quando muito nos já está
eu também só pelo pela até isso ela entre depois sem mesmo aos seus quem nas me esse eles você são foi tem
de het een en van in is dat op te zijn met voor niet aan er om ook als dan bij maar door wordt uit naar heeft hij
nog of over ze zich meer werd kan worden tot hun deze tegen wel geen al zo wat die
w i na z że do się nie to jest o jak po a co ale od za przez przy tak dla już czy był było tym ich jego jej są
tylko oraz może która które który być tego ma także
a v na je se že o to s z do i ve jako za by pro jsem ale po jak k podle od jeho které který byl už si však nebo
jen také při jsou být bylo má aby tak
v a na sa je že o to s z do i ako za by pre ale po k podľa od jeho ktoré ktorý bol už si však alebo len aj pri sú
і в на з що не до та у за як це від для про його але й є був він після також було ще або які який її вони при під
и в не на я что с он а то это по к но из у за от о же как так бы его для был ее мы она было или чтобы еще уже все
может только после также который которые их при до под если
и на да се за от е с не в че по са като до но си при това след има още
ve bir bu da de için ile olarak çok daha olan gibi en ne kadar sonra var o ise mi ama olduğu her değil ya
och i att det som en på är av för med den till inte har de om ett men var jag sig från vi så kan nu efter under
og i at det som en på er af for med den til ikke har de om et men var jeg sig fra vi så kan nu efter under blev
ja on ei että se oli hän mutta ovat joka kun niin myös kuin tai sen sekä jo vain ole voi
a az és hogy nem is egy van volt meg de csak ez már ha mint még azt el vagy lesz
și de în a la pe cu nu că este din un o se pentru care mai ce sunt au fost dar sau prin după
και το του η της με για τα που την ο στο τον από στην δεν θα είναι τη οι ότι
dan yang di dari ini untuk dengan pada itu dalam tidak akan juga ke ada oleh telah adalah sebagai karena atau
u i je da se na za su od s o kao a ne što bi koji ali iz to kako sve ili te
""".split()

_FURNITURE = """
share shares tweet facebook twitter instagram youtube linkedin whatsapp telegram pinterest reddit rss email e-mail
print newsletter newsletters subscribe subscription subscribers login log sign register account password cookie
cookies privacy policy terms conditions contact advertise advertising advertisement advertisements sponsored ads ad
copyright rights reserved comments comment reply home search menu navigation sitemap related popular trending latest
recommended read more next previous skip close click download app apps follow careers jobs faq help about editorial
photo image credit caption video videos gallery photos podcast podcasts tags topics category categories archive
archives posted published updated ago min mins author authors staff editor login shop store cart checkout wishlist
loading toggle submit cancel save settings preferences accept reject consent donate membership members free trial
startseite anmelden abmelden registrieren passwort kommentar kommentare kommentieren teilen drucken suche suchen
menü impressum datenschutz datenschutzerklärung agb kontakt werbung anzeige abo abonnieren newsletter themen thema
mehr weiterlesen lesen auch ähnliche artikel beiträge beitrag kategorie kategorien schlagwörter archiv autor
veröffentlicht aktualisiert uhr foto bild quelle warenkorb zurück weiter nächster vorheriger startseite nutzungsbedingungen
barrierefreiheit merken empfehlen folgen gefällt hinterlassen antworten pflichtfelder absenden senden
accueil connexion inscription partager imprimer commentaire commentaires recherche rechercher mentions légales
confidentialité publicité abonnez abonner abonnement lire aussi suite articles article catégorie catégories mots-clés
photo crédit source auteur publié mis jour précédent suivant envoyer répondre contacter panier boutique
inicio iniciar sesión registrarse compartir imprimir comentario comentarios buscar búsqueda menú aviso legal
privacidad publicidad suscríbete suscribirse suscripción leer también noticias relacionadas categoría categorías
etiquetas foto fuente autor publicado actualizado anterior siguiente enviar responder contacto tienda
home accedi registrati condividi stampa commenti commento cerca ricerca menu note legali pubblicità abbonati
abbonamento leggi anche articoli correlati categoria categorie tag foto fonte autore pubblicato aggiornato precedente
successivo invia rispondi contatti negozio carrello
início entrar cadastre compartilhar compartilhe imprimir comentários comentário buscar pesquisar privacidade
publicidade assine assinatura leia também notícias relacionadas categorias tags foto fonte autor publicado atualizado
anterior próximo enviar responder contato loja
inloggen registreren delen afdrukken reacties reactie zoeken menu privacybeleid voorwaarden advertentie abonneer
abonneren lees ook meer artikelen gerelateerde categorie categorieën foto bron auteur gepubliceerd vorige volgende
zaloguj zarejestruj udostępnij drukuj komentarze komentarz szukaj regulamin prywatności reklama prenumerata czytaj
także zobacz też podobne artykuły kategoria kategorie tagi fot źródło autor opublikowano poprzedni następny kontakt
přihlásit registrace sdílet tisk komentáře komentář hledat menu reklama předplatné čtěte také související články
kategorie štítky foto zdroj autor předchozí další kontakt diskuse diskuze
головна увійти реєстрація поділитися друк коментарі коментар пошук меню реклама підписатися підписуйтесь читайте
також схожі новини категорія теги фото джерело автор опубліковано попередня наступна контакти
главная войти регистрация поделиться печать комментарии комментарий поиск меню реклама подписаться подписывайтесь
читайте также похожие новости категория теги фото источник автор опубликовано предыдущая следующая контакты
anasayfa giriş kayıt paylaş yazdır yorumlar yorum ara menü gizlilik reklam abone okuyun benzer haberler kategori
etiketler fotoğraf kaynak yazar yayınlandı önceki sonraki iletişim
""".split()

FUNCTION_WORDS = frozenset(_FUNCTION)
FURNITURE_WORDS = frozenset(_FURNITURE)
